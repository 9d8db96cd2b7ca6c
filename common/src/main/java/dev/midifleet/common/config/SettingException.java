package dev.midifleet.common.config;

import dev.midifleet.common.failure.MisuseException;

/** A setting that makes no sense; its message names the setting, the value and what would be accepted. */
public final class SettingException extends MisuseException {
  private static final long serialVersionUID = 1L;

  public SettingException(String message) { super(message); }
}
