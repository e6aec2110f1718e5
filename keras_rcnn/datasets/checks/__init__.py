"""What is wrong with labeled photos before a network learns from them."""
