package dev.midifleet.common.queue;

/**
 * What lies in the queue now. Messages that a worker holds are in neither count: the rows know those better.
 *
 * @param ready
 *          messages that wait for a worker
 * @param dead
 *          messages that the broker gave up on
 * @param consumers
 *          subscriptions that take messages; RabbitMQ also counts one that takes no more but still holds some
 */
public record QueueDepth(long ready, long dead, int consumers) {}
