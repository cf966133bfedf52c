/**
 * Attributes and templates: what an object says of itself, and the rules of the standard's
 * footnotes.
 */
@NullMarked
package dev.tpm2token.token.attribute;

import org.jspecify.annotations.NullMarked;
