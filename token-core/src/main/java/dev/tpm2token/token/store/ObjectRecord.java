package dev.tpm2token.token.store;

import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object as it lies in the store: {@code <id>.json}. One of {@code body} and {@code sealed} is
 * there.
 *
 * @param format the version of this form
 * @param id the object's id, which is the file's name as well
 * @param body what a public object is
 * @param sealed what a private object is: the JSON of its body, encrypted under the token key
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
record ObjectRecord(int format, String id, @Nullable Body body, byte @Nullable [] sealed) {
  static final int FORMAT = 1;

  ObjectRecord {
    StoreJson.checkWhole(id);
  }

  /**
   * An object itself.
   *
   * @param attributes by the standard's names
   * @param key what a private key is in the TPM
   * @param secret a secret key's value; the body of a secret key is always sealed
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Body(Map<String, Object> attributes, @Nullable Key key, byte @Nullable [] secret) {}

  /**
   * A key that the TPM alone can open.
   *
   * @param publicArea TPMT_PUBLIC
   * @param privateArea TPM2B_PRIVATE's buffer; empty where the TPM keeps the key
   * @param auth its authValue, encrypted under the token key
   * @param parent the storage key that wraps it, where that is not the token's
   * @param handle the persistent handle of a key that the TPM keeps
   * @param policy what has to be so for it to be used, besides its authValue
   */
  record Key(
      byte[] publicArea,
      byte[] privateArea,
      byte[] auth,
      TokenRecord.@Nullable ParentKey parent,
      @Nullable Integer handle,
      @Nullable List<PolicyStep> policy) {
    Key {
      StoreJson.checkWhole(publicArea, privateArea, auth);
    }

    static Key of(CryptokiObject.TpmKey key) {
      return new Key(
          key.publicArea(),
          key.privateArea(),
          key.auth(),
          key.place() instanceof CryptokiObject.Place.Under(Parent parent)
              ? TokenRecord.ParentKey.of(parent)
              : null,
          key.place() instanceof CryptokiObject.Place.Kept(TpmHandle kept) ? kept.value() : null,
          key.policy().isNone()
              ? null
              : key.policy().steps().stream().map(PolicyStep::of).toList());
    }

    CryptokiObject.TpmKey key() {
      CryptokiObject.Place place = new CryptokiObject.Place.Token();
      if (parent != null) {
        place = new CryptokiObject.Place.Under(parent.parent());
      } else if (handle != null) {
        place = new CryptokiObject.Place.Kept(new TpmHandle(handle));
      }
      Policy held =
          policy == null ? Policy.NONE : new Policy(policy.stream().map(PolicyStep::step).toList());
      return new CryptokiObject.TpmKey(publicArea, privateArea, auth, place, held);
    }
  }

  /**
   * One assertion of a policy.
   *
   * @param code TPM_CC_Policy…
   * @param parameters as they are sent
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record PolicyStep(int code, byte[] parameters) {
    PolicyStep {
      StoreJson.checkWhole((Object) parameters);
    }

    static PolicyStep of(Policy.Step step) {
      return new PolicyStep(step.code().value(), step.parameters());
    }

    Policy.Step step() {
      return Policy.Step.of(code, parameters)
          .orElseThrow(() -> new IllegalArgumentException("a policy of a later version"));
    }
  }
}
