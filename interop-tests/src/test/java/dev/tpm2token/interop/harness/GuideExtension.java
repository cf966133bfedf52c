package dev.tpm2token.interop.harness;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands a class its {@link Guide}, and asserts in the end that all of it was run. */
final class GuideExtension implements ParameterResolver, BeforeAllCallback, AfterAllCallback {
  private static final Namespace NAMESPACE = Namespace.create(GuideExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    String page = context.getRequiredTestClass().getAnnotation(Documented.class).value();
    context.getStore(NAMESPACE).put(Guide.class, Guide.of(page));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Guide.class;
  }

  @Override
  public Guide resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return guide(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (System.getProperty("test", "").contains("#")) {
      return; // somebody asked for single tests
    }
    guide(context).assertWhole();
  }

  private static Guide guide(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(Guide.class, Guide.class);
  }
}
