/** The product as people run it: real processes of it, a real RabbitMQ, a real PostgreSQL, real files, real signals. */
@NullMarked
package dev.midifleet.cli.fleet;

import org.jspecify.annotations.NullMarked;
