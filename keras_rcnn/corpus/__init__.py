"""Labels for many photos on Apache Beam, which the extra `beam` installs.

The pipeline of `keras-rcnn label-corpus`, for this machine or a cluster.
"""
