/**
 * The store: tokens and objects as versioned JSON in files; every change atomic and durable.
 *
 * <p>Locks are taken in one order, always: the store's lock ({@link DurableFiles#exclusively},
 * which is between threads and between processes), then the monitor of {@link Store}, of a {@link
 * TokenFolder}, of an {@link ObjectFolder}. A method that changes files is therefore never {@code
 * synchronized} itself: it takes the store's lock first, and monitors within. Readers take monitors
 * alone. Work under the store's lock asks nothing of the TPM, nor of a token or a session: their
 * monitors are held by who calls.
 */
@NullMarked
package dev.tpm2token.token.store;

import org.jspecify.annotations.NullMarked;
