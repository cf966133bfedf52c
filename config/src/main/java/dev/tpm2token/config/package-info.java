/** The configuration file and the environment, as records. Knows neither TPM nor Cryptoki. */
@NullMarked
package dev.tpm2token.config;

import org.jspecify.annotations.NullMarked;
