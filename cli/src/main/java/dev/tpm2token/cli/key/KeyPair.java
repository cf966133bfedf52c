package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;

import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.object.ObjectClass;
import java.util.stream.LongStream;

/** A private key of a token, and what public key objects there are of it. */
record KeyPair(long privateKey, LongStream publicKeys) {
  static KeyPair of(OpenToken token, long privateKey) {
    Attributes sameKey =
        Attributes.builder()
            .put(CKA_CLASS, ObjectClass.CKO_PUBLIC_KEY.code())
            .put(CKA_PUBLIC_KEY_INFO, token.value(privateKey, CKA_PUBLIC_KEY_INFO).orElseThrow())
            .build();
    return new KeyPair(privateKey, LongStream.of(token.find(sameKey)));
  }

  /** The private key comes first: whoever finds it finds its public half as well. */
  LongStream all() {
    return LongStream.concat(LongStream.of(privateKey), publicKeys);
  }
}
