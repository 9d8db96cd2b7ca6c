package dev.midifleet.common.config;

/** A setting that makes no sense; its message names the setting, the value and what would be accepted. */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public SettingException(String message) { super(message); }
}
