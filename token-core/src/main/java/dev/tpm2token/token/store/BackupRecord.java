package dev.tpm2token.token.store;

import java.util.Map;
import java.util.SortedMap;

/**
 * A token's files in one, with what shows whether they are whole. Its keys are blobs that only the
 * TPM they were made for opens, and what is private is encrypted: a backup is no secret.
 *
 * @param format the version of this form
 * @param serial the token's serial number
 * @param label its label, for whoever looks for the right file
 * @param files their contents by their names in the token's folder
 * @param digest SHA-256 over names and contents, see {@link Backup#digest}
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
record BackupRecord(
    int format, String serial, String label, SortedMap<String, byte[]> files, byte[] digest) {
  static final int FORMAT = 1;

  BackupRecord {
    StoreJson.checkWhole(serial, label, files, digest);
  }

  BackupRecord(int format, String serial, String label, Map<String, byte[]> files) {
    this(format, serial, label, new java.util.TreeMap<>(files), Backup.digest(files));
  }
}
