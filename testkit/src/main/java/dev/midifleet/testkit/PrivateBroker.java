package dev.midifleet.testkit;

import java.time.Duration;

/**
 * A RabbitMQ node that belongs to one test. Its ports and its data stay the same when it is stopped or killed and
 * started again.
 */
public interface PrivateBroker extends TestBroker, AutoCloseable {

  /** Stops it in good order. Nothing happens if it does not run. */
  void stop();

  /** Ends it as {@code kill -9} does. Nothing happens if it does not run. */
  void kill();

  /** Starts it again, and returns when it takes connections. Nothing happens if it runs. */
  void start();

  /** Raises the broker's alarm of too little memory, which keeps everyone from publishing, or ends it. */
  void setMemoryAlarm(boolean raised);

  /**
   * Ends it, deletes all its data and starts it again on the same ports: what is there then is what a new broker has, and
   * the virtual hosts that were made here, empty.
   */
  void deleteData();

  /**
   * How long a consumer may hold a message, for the channels that are opened from now on; looked at each second. The
   * default is half an hour.
   */
  void setConsumerTimeout(Duration timeout);

  /** Ends it for good and removes its data. */
  @Override
  void close();
}
