package dev.tpm2token.tpm.structure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All structures, one way: written, read, written again; cut short, and with a byte too many. */
class StructureTest {
  private static final byte[] BYTES = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");

  private static final TpmsPcrSelection PCRS =
      new TpmsPcrSelection(TpmAlgId.SHA256, Set.of(0, 7, 16, 31));

  record Sample(TpmStructure value, Function<TpmReader, ? extends TpmStructure> reader) {
    @Override
    public String toString() {
      return value.getClass().getSimpleName() + " " + HexFormat.of().formatHex(value.marshal());
    }
  }

  private static Sample of(TpmStructure value, Function<TpmReader, ? extends TpmStructure> reader) {
    return new Sample(value, reader);
  }

  private static TpmtPublic publicArea(TpmuPublicParms parameters, TpmuPublicId unique) {
    return new TpmtPublic(
        TpmAlgId.SHA256,
        ObjectAttributes.of(ObjectAttributes.FIXED_TPM),
        BYTES,
        parameters,
        unique);
  }

  private static TpmuPublicParms ecc(TpmtScheme scheme) {
    return new TpmuPublicParms.Ecc(
        TpmtSymDefObject.AES_128_CFB, scheme, TpmEccCurve.NIST_P256, TpmtScheme.NULL);
  }

  static Stream<Sample> samples() {
    TpmuPublicId point = new TpmuPublicId.Ecc(new TpmsEccPoint(BYTES, BYTES));
    TpmuPublicId digest = new TpmuPublicId.Digest(BYTES);
    TpmHandle handle = new TpmHandle(0x8000_0001);
    return Stream.of(
            Arrays.stream(TpmAlgId.values()).map(value -> of(value, TpmAlgId::read)),
            Arrays.stream(TpmEccCurve.values()).map(value -> of(value, TpmEccCurve::read)),
            Stream.of(
                of(handle, TpmHandle::read),
                of(new ObjectAttributes(0xFFFF_FFFF), ObjectAttributes::read),
                of(TpmtSymDefObject.NULL, TpmtSymDefObject::read),
                of(TpmtSymDefObject.AES_128_CFB, TpmtSymDefObject::read),
                of(new TpmsEccPoint(BYTES, new byte[0]), TpmsEccPoint::read),
                of(new TpmsSensitiveCreate(BYTES, BYTES), TpmsSensitiveCreate::read),
                of(new TpmtSensitive(TpmAlgId.RSA, BYTES, BYTES, BYTES), TpmtSensitive::read),
                of(new TpmtTicket(0x8021, handle, BYTES), TpmtTicket::read),
                of(new TpmsContext(-1, handle, TpmHandle.OWNER, BYTES), TpmsContext::read),
                of(new TpmsTimeInfo(1, 2, 3, 4, 1), TpmsTimeInfo::read),
                of(new TpmsAttest(BYTES, BYTES, 1, 2, 3, 1, 4, BYTES, BYTES), TpmsAttest::read),
                of(new TpmsNvPublic(handle, TpmAlgId.SHA256, 6, BYTES, 7), TpmsNvPublic::read),
                of(PCRS, TpmsPcrSelection::read),
                of(new TpmlPcrSelection(List.of(PCRS, PCRS)), TpmlPcrSelection::read),
                of(new TpmsTaggedProperty(0x100, 2), TpmsTaggedProperty::read)),
            Stream.of(
                    TpmtScheme.NULL,
                    TpmtScheme.RSAES,
                    TpmtScheme.oaep(TpmAlgId.SHA1),
                    TpmtScheme.rsassa(TpmAlgId.SHA256),
                    new TpmtScheme(TpmAlgId.RSAPSS, TpmAlgId.SHA384),
                    TpmtScheme.ecdsa(TpmAlgId.SHA512),
                    new TpmtScheme(TpmAlgId.HMAC, TpmAlgId.SHA256),
                    new TpmtScheme(TpmAlgId.ECDAA, TpmAlgId.SHA256, 7))
                .map(value -> of(value, TpmtScheme::read)),
            Stream.of(
                    publicArea(
                        new TpmuPublicParms.Rsa(
                            TpmtSymDefObject.NULL, TpmtScheme.NULL, 2048, 65537),
                        new TpmuPublicId.Rsa(BYTES)),
                    publicArea(ecc(TpmtScheme.NULL), point),
                    publicArea(ecc(TpmtScheme.ecdsa(TpmAlgId.SHA256)), point),
                    publicArea(new TpmuPublicParms.KeyedHash(TpmtScheme.NULL), digest),
                    publicArea(new TpmuPublicParms.SymCipher(TpmtSymDefObject.AES_128_CFB), digest))
                .map(value -> of(value, TpmtPublic::read)),
            Stream.of(
                    new TpmtSignature.Rsa(TpmAlgId.RSAPSS, TpmAlgId.SHA256, BYTES),
                    new TpmtSignature.Ecc(TpmAlgId.ECDSA, TpmAlgId.SHA256, BYTES, BYTES),
                    new TpmtSignature.Hmac(TpmAlgId.SHA256, new byte[32]))
                .map(value -> of(value, TpmtSignature::read)),
            Stream.of(
                    new TpmsCapabilityData.Algorithms(
                        List.of(new TpmsCapabilityData.AlgProperty(1, 9))),
                    new TpmsCapabilityData.Handles(List.of(handle, handle)),
                    new TpmsCapabilityData.Commands(List.of(0x15E, 0x15D)),
                    new TpmsCapabilityData.Properties(List.of(new TpmsTaggedProperty(1, 2))),
                    new TpmsCapabilityData.Curves(List.of(3, 4)))
                .map(value -> of(value, TpmsCapabilityData::read)))
        .flatMap(s -> s);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void readsWhatItWrites(Sample sample) {
    byte[] wire = sample.value.marshal();
    assertArrayEquals(wire, TpmReader.readAll(wire, sample.reader).marshal());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void refusesEveryPartOfIt(Sample sample) {
    byte[] wire = sample.value.marshal();
    for (int length = 0; length < wire.length; length++) {
      byte[] cut = Arrays.copyOf(wire, length);
      assertThrows(
          TpmProtocolException.class,
          () -> TpmReader.readAll(cut, sample.reader),
          () -> cut.length + " bytes");
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void refusesAByteTooMany(Sample sample) {
    byte[] wire = sample.value.marshal();
    byte[] longer = Arrays.copyOf(wire, wire.length + 1);
    assertThrows(TpmProtocolException.class, () -> TpmReader.readAll(longer, sample.reader));
  }

  @Property
  void throwsNothingElseOnAnyBytes(@ForAll byte[] bytes) {
    samples()
        .map(Sample::reader)
        .forEach(
            reader -> {
              try {
                TpmReader.readAll(bytes, reader);
              } catch (TpmProtocolException e) {
                // as it should
              }
            });
  }

  @Test
  void refusesAListLongerThanItsBytes() {
    TpmReader r = new TpmReader(HexFormat.of().parseHex("ffffffff"));
    assertThrows(TpmProtocolException.class, () -> r.list(TpmReader::u8));
  }

  /** The public area of vector 04_R_P256_SHA256_128 of google/go-tpm's ecc_labeled_encaps.json. */
  @Test
  void comparesPublicAreasByContent() {
    byte[] wire =
        HexFormat.of()
            .parseHex(
                "0023000b000304600020bef56b8c1cc84e11edd717528d2cd99356bd2bbf8f015209c3f84aeeaba8e8a2"
                    + "0006008000430010000300100020f126562cedff2fa344c6234085de4250112ecf72d071433697"
                    + "0de012ba977da9002017436ee1160921fdd2ed033e11ba04ed0cedf2ca462246118a359f8eb469b531");
    TpmtPublic one = TpmReader.readAll(wire, TpmtPublic::read);
    TpmtPublic two = TpmReader.readAll(wire, TpmtPublic::read);
    assertEquals(one, two);
    assertEquals(one.hashCode(), two.hashCode());
    assertEquals(one.name(), two.name());
    assertEquals(34, one.name().value().length);
    assertNotEquals(one, one.withUnique(TpmuPublicId.empty(TpmAlgId.ECC)));
  }
}
