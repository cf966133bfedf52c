package dev.tpm2token.tpm.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmReader;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of google/go-tpm, tpm2/test/testvectors/ecc_labeled_encaps.json (Apache 2.0). */
class SaltTest {
  private static final String P256 =
      "0023000b000304600020bef56b8c1cc84e11edd717528d2cd99356bd2bbf8f015209c3f84aeeaba8e8a2"
          + "0006008000430010000300100020f126562cedff2fa344c6234085de4250112ecf72d0714336970de012"
          + "ba977da9002017436ee1160921fdd2ed033e11ba04ed0cedf2ca462246118a359f8eb469b531";

  private static TpmtPublic key() {
    return TpmReader.readAll(HexFormat.of().parseHex(P256), TpmtPublic::read);
  }

  @ParameterizedTest
  @CsvSource({
    "SECRET,5cea796303c5b3aba6c42334c0211c2b3ae62397740e97c9c3ade39756f4a71d,cabb2edd36e5253664b558de2ddf8ac9deea99168ab0edb6c2d06a1d90c62c4e,0020544e4be9da6b7060a90307ed83cad6a9b45502f9e400bf0c3cb99f9a1dbe733b0020f1186daa24d1e57d0dc7b6700d2693068c6a5cef84c57fa7cbe5c04950b024f3",
    "DUPLICATE,b29eac1bda3dcf478ffda0b55c91629ee3c3459a61d829527a674e942265a098,a5431a977aec986501072f459370c9262c63c8aca67abbc4f38d630ce87ceac9,0020efde7cc0e3716d6c32b7bf205c7366510077cdde1d3ae9b74f5d0d40c366c7a90020450fa9743be1bd40757acb731bbb9b1466c845b895affacc15d107991a75ba5f",
  })
  void agreesByEcdh(String use, String d, String secret, String encrypted) {
    HexFormat hex = HexFormat.of();
    TpmuPublicParms.Ecc parameters = (TpmuPublicParms.Ecc) key().parameters();
    try (Salt salt = Salt.ecdh(key(), parameters, use, new BigInteger(d, 16))) {
      assertEquals(secret, hex.formatHex(salt.value()));
      assertEquals(encrypted, hex.formatHex(salt.encrypted()));
    }
  }

  @Test
  void refusesAPointThatIsNotOnTheCurve() {
    TpmsEccPoint off = new TpmsEccPoint(new byte[] {1}, new byte[] {1});
    TpmtPublic key = key().withUnique(new TpmuPublicId.Ecc(off));
    SecureRandom random = new SecureRandom();
    assertThrows(TpmProtocolException.class, () -> Salt.of(key, Salt.SECRET, random));
  }

  @Test
  void zeroesAndHidesItself() {
    Salt salt = Salt.of(key(), Salt.SECRET, new SecureRandom());
    assertFalse(salt.toString().contains(HexFormat.of().formatHex(salt.value())));
    salt.close();
    assertArrayEquals(new byte[32], salt.value());
  }
}
