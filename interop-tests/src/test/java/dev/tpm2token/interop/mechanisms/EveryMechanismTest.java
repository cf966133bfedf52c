package dev.tpm2token.interop.mechanisms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The built library's list is honest: each mechanism is used by each function of which its flags
 * tell, in one part and in several, with keys in the TPM and in software, and the JDK, which knows
 * nothing of us, finds the results right.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only") // SoftHSM has other mechanisms, and nothing of 3.x
class EveryMechanismTest {
  private static final int MOST = 512;

  private Cryptoki module;
  private long slot;
  private Keys keys;
  private SignatureUses signatures;
  private CipherUses ciphers;
  private WrapUses wraps;
  private KeyUses making;

  @BeforeAll
  void begin(Lab lab) throws GeneralSecurityException {
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("mechanisms");
    Session session = module.readWrite(slot);
    session.login(Lab.PIN);
    Jdk jdk = new Jdk();
    keys = new Keys(module, session, jdk);
    Parameters parameters = new Parameters(module);
    Calls calls = new Calls(module, session);
    signatures = new SignatureUses(parameters, keys, calls, jdk);
    ciphers = new CipherUses(module, session, parameters, keys, calls, jdk);
    wraps = new WrapUses(module, session, parameters, keys, jdk);
    making = new KeyUses(module, session, parameters, keys, jdk);
  }

  @AfterAll
  void finish() {
    module.finish();
  }

  /** C_GetMechanismList. */
  static long[] listed(Cryptoki module, long slot) {
    Pointer list = module.memory(8 * MOST);
    Pointer count = module.ulong(MOST);
    module.ok(Fn.C_GetMechanismList, slot, list, count);
    long[] types = new long[(int) count.getLong(0)];
    list.get(0, types, 0, types.length);
    return types;
  }

  /** What C_GetMechanismInfo tells. */
  private record Info(int least, int greatest, Set<Flag> flags) {
    static Info of(Cryptoki module, long slot, long type) {
      Pointer info = module.memory(24);
      module.ok(Fn.C_GetMechanismInfo, slot, type, info);
      return new Info((int) info.getLong(0), (int) info.getLong(8), Flag.of(info.getLong(16)));
    }
  }

  static Set<Flag> flags(Cryptoki module, long slot, long type) {
    return Info.of(module, slot, type).flags;
  }

  /** This emulator can do all that we know, so that a row that is lost is found out. */
  @Test
  void allThatIsKnownIsListed() {
    Set<Long> types = new TreeSet<>();
    LongStream.of(listed(module, slot)).forEach(types::add);
    assertEquals(new TreeSet<>(Mechanism.TABLE.keySet()), types);
  }

  @TestFactory
  Stream<DynamicContainer> mechanisms() {
    return LongStream.of(listed(module, slot)).mapToObj(this::container);
  }

  private DynamicContainer container(long type) {
    Mechanism mechanism =
        Objects.requireNonNull(
            Mechanism.TABLE.get(type), () -> "no case for mechanism 0x%x".formatted(type));
    Info info = Info.of(module, slot, type);
    return DynamicContainer.dynamicContainer(
        mechanism.name(), info.flags.stream().flatMap(flag -> tests(mechanism, flag, info)));
  }

  private Stream<DynamicTest> tests(Mechanism mechanism, Flag flag, Info info) {
    if (!mechanism.kind().isOfSecretKeys() || flag == Flag.MULTI_MESSAGE) {
      return Stream.of(
          DynamicTest.dynamicTest(flag.name(), () -> use(mechanism, flag, Holder.SOFTWARE, info)));
    }
    return Stream.of(Holder.values())
        .map(
            holder ->
                DynamicTest.dynamicTest(
                    flag + ", the key in " + holder,
                    () -> {
                      if (isForbidden(mechanism, holder)) {
                        refuses(mechanism, flag);
                      } else {
                        use(mechanism, flag, holder, info);
                      }
                    }));
  }

  /** The TPM makes HMACs with the hashes that it has. */
  private boolean isForbidden(Mechanism mechanism, Holder holder) {
    boolean forbidden =
        holder == Holder.TPM && mechanism.kind() == Mechanism.Kind.HMAC && !keys.tpmDoes(mechanism);
    if (forbidden) {
      List<Hash> has = List.of(Hash.SHA1, Hash.SHA256, Hash.SHA384, Hash.SHA512);
      assertTrue(!has.contains(mechanism.parameterHash()), "swtpm has this hash");
    }
    return forbidden;
  }

  private void refuses(Mechanism mechanism, Flag flag) {
    assertEquals(Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, signatures.begins(mechanism, flag, Holder.TPM));
  }

  private void use(Mechanism mechanism, Flag flag, Holder holder, Info info)
      throws GeneralSecurityException {
    switch (flag) {
      case DIGEST -> signatures.digest(mechanism);
      case SIGN -> signatures.sign(mechanism, holder);
      case VERIFY -> signatures.verify(mechanism, holder);
      case SIGN_RECOVER -> signatures.signRecover(mechanism);
      case VERIFY_RECOVER -> signatures.verifyRecover(mechanism);
      case MESSAGE_SIGN -> signatures.signMessages(mechanism, holder);
      case MESSAGE_VERIFY -> signatures.verifyMessages(mechanism, holder);
      case ENCRYPT -> ciphers.encrypt(mechanism, holder);
      case DECRYPT -> ciphers.decrypt(mechanism, holder);
      case MESSAGE_ENCRYPT -> ciphers.encryptMessages(mechanism, holder);
      case MESSAGE_DECRYPT -> ciphers.decryptMessages(mechanism, holder);
      case WRAP -> wraps.wrap(mechanism, holder);
      case UNWRAP -> wraps.unwrap(mechanism, holder);
      case DERIVE -> making.derive(mechanism);
      case ENCAPSULATE -> making.encapsulate(mechanism);
      case DECAPSULATE -> making.decapsulate(mechanism);
      case GENERATE -> making.generate(mechanism, holder);
      case GENERATE_KEY_PAIR -> making.generatePair(mechanism, info.least, info.greatest);
      case HW -> assertTrue(mechanism.kind().isRsa() || mechanism.kind().isEc());
      // signMessages and its like process two under one initialisation
      case MULTI_MESSAGE ->
          assertTrue(
              info.flags.contains(Flag.MESSAGE_SIGN) || info.flags.contains(Flag.MESSAGE_ENCRYPT));
      case EC_F_P, EC_NAMEDCURVE, EC_UNCOMPRESS -> making.pointOnANamedCurve();
    }
  }

  /** Every mechanism's sizes are those of its keys. */
  @Test
  void theSizesAreBitsOrBytes() {
    assertEquals(2048, Info.of(module, slot, Ck.M_RSA_PKCS).least);
    assertEquals(16, Info.of(module, slot, Ck.M_AES_CBC).least);
    assertEquals(32, Info.of(module, slot, Ck.M_AES_CBC).greatest);
    assertEquals(256, Info.of(module, slot, Ck.M_ECDSA).least);
  }
}
