package dev.tpm2token.interop.harness;

/** A web server that greets whoever comes by the name in their certificate. */
public final class GreetingServer {
  private GreetingServer() {}

  /**
   * Starts an nginx in the lab that demands a certificate by {@code ca.crt}: at {@code $PORT} in
   * TLS 1.2, at the next port in TLS 1.3. No connection is used twice, and no session resumed.
   */
  public static void start(Lab lab) {
    lab.write(
        "greeting.conf",
        """
        user %1$s;
        pid %2$s/greeting.pid;
        error_log %2$s/greeting.log;
        worker_processes 1;
        daemon off;
        events {}
        http {
          access_log off;
          client_body_temp_path %2$s/body;
          proxy_temp_path %2$s/proxy;
          fastcgi_temp_path %2$s/fastcgi;
          uwsgi_temp_path %2$s/uwsgi;
          scgi_temp_path %2$s/scgi;
          default_type text/plain;
          keepalive_timeout 0;
          ssl_certificate %2$s/server.crt;
          ssl_certificate_key %2$s/server.key;
          ssl_client_certificate %2$s/ca.crt;
          ssl_verify_client on;
          ssl_session_cache off;
          ssl_session_tickets off;
          server {
            listen 127.0.0.1:PORT2 ssl;
            ssl_protocols TLSv1.2;
            location / { return 200 "Hello $ssl_client_s_dn over $ssl_protocol"; }
          }
          server {
            listen 127.0.0.1:PORT3 ssl;
            ssl_protocols TLSv1.3;
            location / { return 200 "Hello $ssl_client_s_dn over $ssl_protocol"; }
          }
        }
        """
            .formatted(System.getProperty("user.name"), lab.dir()));
    Server.start(
        lab,
        """
        sed "s/PORT2/$PORT/; s/PORT3/$((PORT + 1))/" greeting.conf >running.conf &&
          exec nginx -c $PWD/running.conf\
        """);
  }

  /**
   * Has it know somebody: makes a key of this label in the token, and puts a certificate for it by
   * {@code ca.key} there.
   */
  public static void certificate(Lab lab, String label, String name, String type) {
    lab.sh("tpm2-token key generate --label %s --type %s --pin-file pin.txt".formatted(label, type))
        .ok();
    lab.sh(
            "tpm2-token csr --label %s --pin-file pin.txt --subject CN=%s --for client >%s.csr"
                .formatted(label, name, label))
        .ok();
    issue(lab, label);
    lab.sh("tpm2-token cert import --label %s %s.crt".formatted(label, label)).ok();
  }

  /** Makes a certificate by {@code ca.key} of a request: {@code label.crt} of {@code label.csr}. */
  public static void issue(Lab lab, String label) {
    lab.sh(
            """
            openssl x509 -req -in %s.csr -CA ca.crt -CAkey ca.key -copy_extensions copy -days 30 \
              -out %s.crt\
            """
                .formatted(label, label))
        .ok();
  }

  /** Its address by this name, in one version of TLS: {@code TLSv1.2} or {@code TLSv1.3}. */
  public static String url(Lab lab, String host, String version) {
    int port = Integer.parseInt(lab.env().getOrDefault("PORT", ""));
    return "https://%s:%d/".formatted(host, version.equals("TLSv1.2") ? port : port + 1);
  }
}
