package dev.tpm2token.interop.mechanisms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What is not advertised is CKR_MECHANISM_INVALID, and nothing else: for every function that takes
 * a mechanism, with keys that could do it, each number of the standard's that is not in the list,
 * and each mechanism of the list whose flags do not tell of the function.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only") // SoftHSM has other mechanisms, and nothing of 3.x
class NotAdvertisedTest {
  /**
   * All of pkcs11t.h's CKM_ numbers are here, up to 3.2: first and last of each block, with room.
   */
  private static final List<long[]> BLOCKS =
      List.of(
          new long[] {0x0000, 0x07ff},
          new long[] {0x1000, 0x14ff},
          new long[] {0x2000, 0x21ff},
          new long[] {0x4000, 0x40ff});

  private static final Set<Enum<?>> AUTHENTICATED =
      Set.of(NewerFn.C_WrapKeyAuthenticated, NewerFn.C_UnwrapKeyAuthenticated);

  private static final long VENDOR = 0x8000_0000L;
  private static final int RANDOM = 200;

  /** A function, and what it is called with beside the session and the mechanism. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  private record Use(Flag flag, Enum<?> function, @Nullable Object... arguments) {}

  private Cryptoki module;
  private long slot;
  private Session session;
  private Keys keys;
  private Parameters parameters;
  private Set<Long> listed;
  private List<Use> uses;

  @BeforeAll
  void begin(Lab lab) throws GeneralSecurityException {
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("not advertised");
    session = module.readWrite(slot);
    session.login(Lab.PIN);
    keys = new Keys(module, session, new Jdk());
    parameters = new Parameters(module);
    listed = new HashSet<>();
    LongStream.of(EveryMechanismTest.listed(module, slot)).forEach(listed::add);
    uses = new ArrayList<>(beginnings());
    uses.addAll(makings());
    uses.addAll(wrappings());
  }

  @AfterAll
  void finish() {
    module.finish();
  }

  private List<Use> beginnings() {
    long aes = keys.aes(Holder.SOFTWARE);
    long privateKey = keys.rsa.privateKey();
    long publicKey = keys.rsa.publicKey();
    Pointer signature = module.memory(256);
    return List.of(
        new Use(Flag.DIGEST, Fn.C_DigestInit),
        new Use(Flag.ENCRYPT, Fn.C_EncryptInit, aes),
        new Use(Flag.DECRYPT, Fn.C_DecryptInit, aes),
        new Use(Flag.SIGN, Fn.C_SignInit, privateKey),
        new Use(Flag.SIGN_RECOVER, Fn.C_SignRecoverInit, privateKey),
        new Use(Flag.VERIFY, Fn.C_VerifyInit, publicKey),
        new Use(Flag.VERIFY, NewerFn.C_VerifySignatureInit, publicKey, signature, 256),
        new Use(Flag.VERIFY_RECOVER, Fn.C_VerifyRecoverInit, publicKey),
        new Use(Flag.MESSAGE_ENCRYPT, NewerFn.C_MessageEncryptInit, aes),
        new Use(Flag.MESSAGE_DECRYPT, NewerFn.C_MessageDecryptInit, aes),
        new Use(Flag.MESSAGE_SIGN, NewerFn.C_MessageSignInit, privateKey),
        new Use(Flag.MESSAGE_VERIFY, NewerFn.C_MessageVerifyInit, publicKey));
  }

  private List<Use> makings() {
    Template secret = Keys.readable(Ck.K_GENERIC_SECRET).with(Ck.A_VALUE_LEN, 32);
    Template length = Template.of().with(Ck.A_VALUE_LEN, 16);
    Template curve =
        Template.of().with(Ck.A_EC_PARAMS, PublicKeys.P256).with(Ck.A_MODULUS_BITS, 2048);
    Template label = Template.of().with(Ck.A_LABEL, "x");
    Pointer key = module.ulong(0);
    Pointer other = module.ulong(0);
    int three = secret.count();
    Pointer out = module.memory(Calls.ROOM);
    Pointer room = module.ulong(Calls.ROOM);
    long ecPrivate = keys.ec.privateKey();
    byte[] point = Jdk.point(keys.ecPublic);
    return List.of(
        new Use(Flag.GENERATE, Fn.C_GenerateKey, length, 1, key),
        new Use(Flag.GENERATE_KEY_PAIR, Fn.C_GenerateKeyPair, curve, 2, label, 1, key, other),
        new Use(Flag.DERIVE, Fn.C_DeriveKey, ecPrivate, secret, three, key),
        new Use(
            Flag.ENCAPSULATE, NewerFn.C_EncapsulateKey, keys.peerEc, secret, three, out, room, key),
        new Use(
            Flag.DECAPSULATE,
            NewerFn.C_DecapsulateKey,
            ecPrivate,
            secret,
            three,
            point,
            point.length,
            key));
  }

  private List<Use> wrappings() {
    long aes = keys.aes(Holder.SOFTWARE);
    long secret = keys.wrappable(Given.VALUE);
    Template template = Keys.readable(Ck.K_GENERIC_SECRET);
    int count = template.count();
    Pointer key = module.ulong(0);
    Pointer out = module.memory(Calls.ROOM);
    Pointer room = module.ulong(Calls.ROOM);
    byte[] aad = Given.ASSOCIATED;
    return List.of(
        new Use(Flag.WRAP, Fn.C_WrapKey, aes, secret, out, room),
        new Use(Flag.UNWRAP, Fn.C_UnwrapKey, aes, out, 40, template, count, key),
        new Use(Flag.WRAP, NewerFn.C_WrapKeyAuthenticated, aes, secret, aad, aad.length, out, room),
        new Use(
            Flag.UNWRAP,
            NewerFn.C_UnwrapKeyAuthenticated,
            aes,
            out,
            40,
            template,
            count,
            aad,
            aad.length,
            key));
  }

  private Rv answer(Use use, Pointer mechanism) {
    @Nullable Object[] all = new Object[use.arguments.length + 2];
    all[0] = session.handle();
    all[1] = mechanism;
    System.arraycopy(use.arguments, 0, all, 2, use.arguments.length);
    return use.function instanceof NewerFn newer
        ? module.call(newer, all)
        : module.call((Fn) use.function, all);
  }

  /** With the parameter that the function takes: messages of AES-GCM have another. */
  private Pointer fitting(Use use, Mechanism mechanism) {
    if (use.flag == Flag.MESSAGE_ENCRYPT || use.flag == Flag.MESSAGE_DECRYPT) {
      return module.mechanism(mechanism.type());
    }
    return AUTHENTICATED.contains(use.function)
        ? parameters.with(
            mechanism.type(),
            parameters.gcmMessageToCome().structure(),
            Parameters.GcmMessage.LENGTH)
        : parameters.of(mechanism);
  }

  private static LongStream numbers() {
    Random random = new Random(1);
    return LongStream.concat(
        BLOCKS.stream().flatMapToLong(block -> LongStream.rangeClosed(block[0], block[1])),
        LongStream.concat(
            LongStream.of(VENDOR, VENDOR + 1, VENDOR | Ck.M_RSA_PKCS, Ck.M_NONE, Ck.UNAVAILABLE),
            LongStream.generate(random::nextLong).limit(RANDOM)));
  }

  /** No function takes a number that is not listed. */
  @TestFactory
  Stream<DynamicTest> numbersThatAreNotListed() {
    return uses.stream()
        .map(
            use ->
                DynamicTest.dynamicTest(
                    use.function.name(), () -> assertEquals(Map.of(), takenBy(use))));
  }

  /** Unlisted numbers with another answer than CKR_MECHANISM_INVALID. */
  private Map<String, Rv> takenBy(Use use) {
    Map<String, Rv> taken = new LinkedHashMap<>();
    Pointer mechanism = module.mechanism(0);
    numbers()
        .filter(type -> !listed.contains(type))
        .forEach(
            type -> {
              mechanism.putLong(0, type);
              Rv answer = answer(use, mechanism);
              if (answer != Rv.CKR_MECHANISM_INVALID) {
                taken.put("0x%x".formatted(type), answer);
              }
            });
    return taken;
  }

  @Test
  void theyHaveNoInfoEither() {
    Pointer info = module.memory(24);
    numbers()
        .filter(type -> !listed.contains(type))
        .forEach(
            type ->
                assertEquals(
                    Rv.CKR_MECHANISM_INVALID,
                    module.call(Fn.C_GetMechanismInfo, slot, type, info),
                    () -> "0x%x".formatted(type)));
  }

  /** A mechanism that is listed, with its parameter, but for a function of which no flag tells. */
  @TestFactory
  Stream<DynamicTest> functionsOfWhichNoFlagTells() {
    return listed.stream()
        .sorted()
        .map(type -> Objects.requireNonNull(Mechanism.TABLE.get(type)))
        .map(
            mechanism ->
                DynamicTest.dynamicTest(
                    mechanism.name(), () -> assertEquals(Map.of(), takenBy(mechanism))));
  }

  private Map<Enum<?>, Rv> takenBy(Mechanism mechanism) {
    Set<Flag> flags = EveryMechanismTest.flags(module, slot, mechanism.type());
    Map<Enum<?>, Rv> taken = new LinkedHashMap<>();
    uses.stream()
        .filter(use -> !flags.contains(use.flag))
        .forEach(
            use -> {
              Rv answer = answer(use, fitting(use, mechanism));
              if (answer != Rv.CKR_MECHANISM_INVALID) {
                taken.put(use.function, answer);
              }
            });
    return taken;
  }

  /** The sweep would notice: with a number that is listed, the same calls answer something else. */
  @Test
  void theCallsWouldBeTaken() {
    for (Use use : uses) {
      boolean somewhere =
          listed.stream()
              .map(type -> Objects.requireNonNull(Mechanism.TABLE.get(type)))
              .filter(m -> EveryMechanismTest.flags(module, slot, m.type()).contains(use.flag))
              .map(m -> answer(use, fitting(use, m)))
              .anyMatch(answer -> answer != Rv.CKR_MECHANISM_INVALID);
      module.ok(NewerFn.C_SessionCancel, session.handle(), 0xffff_ffffL);
      assertTrue(somewhere, use.function::name);
    }
  }
}
