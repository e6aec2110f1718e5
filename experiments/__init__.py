"""From experiments to the tables and figures of `results/`."""
