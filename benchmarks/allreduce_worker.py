"""One of the workers that add up numbers; `allreduce` starts it."""

import json
import sys
import time

import tensorflow as tf


def main(counts: list[int], repeats: int) -> None:
    """Prints the seconds of each sum, a line for each size."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()

    @tf.function(reduce_retracing=True)
    def add_up(values: tf.Tensor) -> tf.Tensor:
        def all_reduce(value: tf.Tensor) -> tf.Tensor:
            replica = tf.distribute.get_replica_context()
            # `all_reduce` needs a tensor that lies on a device.
            return replica.all_reduce("SUM", tf.identity(value))

        return strategy.run(all_reduce, (values,))

    for count in counts:
        values = tf.zeros(count)
        add_up(values)
        taken = []
        for _ in range(repeats):
            start = time.perf_counter()
            add_up(values).numpy()
            taken.append(time.perf_counter() - start)
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
