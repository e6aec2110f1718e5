"""How fast a network labels photos on this machine, and how near to the best.

    from keras_rcnn.evaluation.speed import labeling, machine, tables

    rows = labeling.measure("runs/mine", sizes=[(240, 320)], resolutions=[8])
    print(machine.sentence(machine.describe()))
    print(tables.text_table(rows, labeling.COLUMNS))

`keras-rcnn benchmark` does this, and so does `python -m benchmarks labeling`.
"""
