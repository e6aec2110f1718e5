"""One of the workers that add up numbers; run by `allreduce`."""

import json
import sys
import time

import tensorflow as tf


def main(counts: list[int], repeats: int) -> list[list[float]]:
    """Seconds of each sum, by size."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()

    @tf.function(reduce_retracing=True)
    def add_up(values: tf.Tensor) -> tf.Tensor:
        def all_reduce(value: tf.Tensor) -> tf.Tensor:
            replica = tf.distribute.get_replica_context()
            # What comes from outside lies on no device.
            return replica.all_reduce("SUM", tf.identity(value))

        return strategy.run(all_reduce, (values,))

    times = []
    for count in counts:
        values = tf.zeros(count)
        add_up(values)
        taken = []
        for _ in range(repeats):
            start = time.perf_counter()
            add_up(values).numpy()
            taken.append(time.perf_counter() - start)
        times.append(taken)
    return times


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
