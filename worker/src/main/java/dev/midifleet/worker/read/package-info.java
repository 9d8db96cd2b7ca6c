/** First step of the worker: a path goes in; its bytes come out in a native buffer, or the reason why not. */
@NullMarked
package dev.midifleet.worker.read;

import org.jspecify.annotations.NullMarked;
