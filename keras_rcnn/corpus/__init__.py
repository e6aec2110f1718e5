"""Labels for many photos on Apache Beam, which the extra `beam` installs.

What `tools/label_corpus.py` has workers do, on this machine or on others.
"""
