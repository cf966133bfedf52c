package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.OpenToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Certificates that come together, such as a chain: those that a token has already are passed over,
 * and of the others all or none are put into it.
 *
 * @param made those that are there now
 * @param present those that were there before
 */
public record CertificateBatch(List<CertificateReport> made, List<CertificateReport> present) {
  /**
   * Puts them there.
   *
   * @param label what those are called that issued none of the others; the rest, or without it all,
   *     have their subject's common name
   * @param id likewise their CKA_ID
   */
  public static CertificateBatch put(
      OpenToken token,
      List<CertificateObject> certificates,
      Optional<String> label,
      Optional<byte[]> id) {
    List<CertificateReport> present = new ArrayList<>();
    List<Long> made = new ArrayList<>();
    try {
      for (CertificateObject each : certificates.stream().distinct().toList()) {
        long[] found = each.find(token);
        boolean isIssuer = certificates.stream().anyMatch(each::isIssuerOf);
        if (found.length > 0) {
          present.add(CertificateReport.of(token, found[0]));
        } else {
          made.add(
              isIssuer
                  ? each.put(token, Optional.empty(), Optional.empty())
                  : each.put(token, label, id));
        }
      }
      return new CertificateBatch(
          made.stream().map(object -> CertificateReport.of(token, object)).toList(), present);
    } catch (RuntimeException e) {
      made.forEach(token.session()::destroyObject);
      throw e;
    }
  }
}
