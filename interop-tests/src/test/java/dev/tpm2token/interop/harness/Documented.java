package dev.tpm2token.interop.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that runs a page of docs/clients, {@link Guide}. Where it asks for the page as a
 * parameter it has it; when the class is through, all that the page says must have been run.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({LabExtension.class, GuideExtension.class})
public @interface Documented {
  /** The page's name without {@code .md}. */
  String value();
}
