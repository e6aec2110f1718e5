"""What a corpus or a training run takes on more machines than were measured."""
