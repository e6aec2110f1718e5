"""Which photos a training batch was drawn from."""

import tensorflow as tf

from keras_rcnn.datasets.sampling import reshuffled, with_labels


def photos_of_batch(
    examples: tf.data.Dataset, batch_size: int, seed: int, number: int
) -> list[str]:
    """Names of the photos of a batch of `sample_windows`.

    Sampling is deterministic, so the names need not travel with the windows.

    Args:
        examples: as for `sample_windows`.
        batch_size: windows in a batch, over all replicas.
        seed: as for `sample_windows`.
        number: of the batch; the first one of a run has number 0.

    Returns:
        Each name once, in the order of the windows.
    """
    names = with_labels(examples).map(lambda example: example["name"])
    drawn = reshuffled(names.cache(), seed).skip(number * batch_size)
    found = dict.fromkeys(drawn.take(batch_size).as_numpy_iterator())
    return [name.decode(errors="backslashreplace") for name in found]
