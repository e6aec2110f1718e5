"""How fast a network labels photos on this machine, and how near to the best.

    >>> from keras_rcnn.evaluation.speed import labeling, machine, tables
    >>> rows = labeling.measure(
    ...     preset="plain", sizes=[(16, 16)], resolutions=[8], seconds=0
    ... )
    >>> print(machine.sentence(machine.describe()))  # doctest: +SKIP
    >>> print(tables.text_table(rows, labeling.COLUMNS))  # doctest: +SKIP

`keras-rcnn benchmark` does this, and so does `python -m benchmarks labeling`.
"""
