package dev.midifleet.common.failure;

/**
 * A file that cannot be used: data, not a bug. It carries no stack trace, because bad files are common in large
 * collections and the byte offset says more.
 */
public final class FileFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** The {@link #byteOffset()} of a failure that has no place in the file. */
  public static final long NO_OFFSET = -1;

  private final FailureKind kind;
  private final long byteOffset;

  /**
   * @param byteOffset
   *          bytes from the start of the file, or {@link #NO_OFFSET}
   * @param reason
   *          one sentence that a person can act on; no file name, which every reader of it has beside it
   */
  public FileFailure(FailureKind kind, long byteOffset, String reason) {
    super(reason, null, false, false);
    this.kind = kind;
    this.byteOffset = byteOffset;
  }

  public FailureKind kind() { return kind; }

  /** Bytes from the start of the file, or {@link #NO_OFFSET}. */
  public long byteOffset() { return byteOffset; }

  public String reason() { return String.valueOf(getMessage()); }
}
