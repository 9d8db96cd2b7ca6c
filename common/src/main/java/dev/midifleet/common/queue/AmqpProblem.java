package dev.midifleet.common.queue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong with a broker, for people.
 *
 * @param code
 *          of AMQP, 0 if it was none of the broker's
 * @param text
 *          one sentence, without passwords
 * @param isLasting
 *          whether waiting alone will not mend it
 */
record AmqpProblem(int code, String text, boolean isLasting) {
  static final int NOT_FOUND = AMQP.NOT_FOUND;
  static final int PRECONDITION_FAILED = AMQP.PRECONDITION_FAILED;
  private static final int ACCESS_REFUSED = AMQP.ACCESS_REFUSED;
  private static final int NOT_ALLOWED = AMQP.NOT_ALLOWED;

  /** What the broker or the network said. */
  static AmqpProblem of(Throwable thrown) {
    for (Throwable one = thrown; one != null; one = one.getCause()) {
      if (one instanceof ShutdownSignalException signal) return of(signal);
    }
    String text = switch (thrown) {
      case AuthenticationFailureException e -> "the user or the password is refused";
      case PossibleAuthenticationFailureException e -> "the connection was closed at login; the user may be refused";
      case ConnectException e -> "nothing listens there (" + e.getMessage() + ")";
      case UnknownHostException e -> "the host is not known";
      case ChannelContinuationTimeoutException e -> "no answer to " + e.getMethod().protocolMethodName();
      case TimeoutException e -> "no answer in time";
      default -> thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    };
    return new AmqpProblem(0, text, thrown instanceof AuthenticationFailureException);
  }

  /** The same, with the place in front and advice behind. */
  static AmqpProblem of(Throwable thrown, AmqpTarget target, @Nullable String queue) {
    AmqpProblem problem = of(thrown);
    String prefix = "RabbitMQ at " + target.display() + ": ";
    if (problem.code == NOT_FOUND && queue != null) {
      return new AmqpProblem(problem.code, prefix + "there is no queue " + queue + "; run `midifleet init`", true);
    }
    return new AmqpProblem(problem.code, prefix + problem.text, problem.isLasting);
  }

  /** A channel, where the client's signature allows none. */
  static Channel require(@Nullable Channel channel) throws IOException {
    if (channel == null) throw new IOException("the broker allows no more channels on this connection");
    return channel;
  }

  private static AmqpProblem of(ShutdownSignalException signal) {
    Method reason = signal.getReason();
    return switch (reason) {
      case AMQP.Channel.Close close -> refusal(close.getReplyCode(), close.getReplyText());
      case AMQP.Connection.Close close -> refusal(close.getReplyCode(), close.getReplyText());
      case null, default -> new AmqpProblem(0, "the connection broke ("
          + (signal.getCause() == null ? "closed" : signal.getCause().toString()) + ")", false);
    };
  }

  private static AmqpProblem refusal(int code, String text) {
    return new AmqpProblem(code, text, code == NOT_FOUND || code == ACCESS_REFUSED || code == NOT_ALLOWED
        || code == PRECONDITION_FAILED);
  }
}
