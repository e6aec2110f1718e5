"""Looking closely at labelled photos and at what a model makes of them."""
