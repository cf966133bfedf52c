package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * docs/json.md says what each verb prints with {@code --json}. It is made of the records that are
 * printed and of what their comments say; {@code -Djson.write} writes it anew.
 */
class JsonPageTest {
  private static final Path PAGE = Path.of("../docs/json.md");
  private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");
  private static final Path SOURCES = Path.of("src/main/java");

  /** A record that is printed, or a part of one. */
  private record Printed(String name, boolean report, Map<String, String> components, String doc) {}

  private final Map<String, Printed> records = new TreeMap<>();

  /** By the class that has it within, and the whole name. */
  private final Map<String, String> reportOf = new LinkedHashMap<>();

  @Test
  void thePageSaysWhatIsPrinted() throws IOException {
    read();
    String page = page();
    if (System.getProperty("json.write") != null) {
      Files.writeString(PAGE, page);
    }
    assertEquals(Files.readString(PAGE), page, "docs/json.md is stale: -Djson.write makes it anew");
  }

  @Test
  void eachFieldHasAMeaning() throws IOException {
    String verb = "";
    for (String line : Files.readAllLines(PAGE)) {
      verb = line.startsWith("## ") ? line.substring(3) : verb;
      assertTrue(
          !line.matches(
              " *- `\\w+`: (text|number|octets|true or false|a list of texts|a list of"
                  + " numbers)"),
          verb + line);
    }
  }

  private String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # What the command prints with `--json`

            Made by `JsonPageTest` from the records that the command prints; the build fails where this page
            says something else. Each verb prints one object, indented, and nothing else to standard output.
            Names and their meanings stay; new ones may come. Octets are in hex. Each field is there always: what
            is not known, or is not so, is an empty text or list, or null where it says so. The exit status is the
            same as without `--json`; where a verb fails before it has anything to print, there is none, and the
            reason is on standard error.
            """);
    HelpTest.verbs()
        .forEach(
            verb -> {
              page.append("\n## ").append(verb).append("\n\n");
              Printed report = Objects.requireNonNull(records.get(report(verb)), verb);
              rows(page, report, "");
            });
    return page.toString();
  }

  /** The record that a verb prints: the one within it, or the one of its group. */
  private String report(String verb) {
    Class<?> type = ManPages.verb(verb).getCommandSpec().userObject().getClass();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      String found = reportOf.get(each.getName().replace('$', '.'));
      if (found != null) {
        return found;
      }
    }
    return type.getPackageName() + ".PinReport";
  }

  private void rows(StringBuilder page, Printed printed, String indent) {
    printed
        .components()
        .forEach(
            (component, type) -> {
              String element = type.replaceFirst("^List<(.*)>$", "$1");
              Printed part = part(printed, element);
              page.append(indent).append("- `").append(component).append("`: ");
              page.append(words(type, part != null));
              String doc = doc(printed, component);
              page.append(doc.isEmpty() ? "" : ", " + doc).append('\n');
              if (part != null) {
                rows(page, part, indent + "  ");
              }
            });
  }

  private static String words(String type, boolean isPart) {
    if (type.startsWith("List<")) {
      return "a list of " + (isPart ? "objects" : words(element(type), false) + "s");
    }
    return switch (type) {
      case "String" -> "text";
      case "String?" -> "text or null";
      case "int", "long", "Integer", "Long" -> "number";
      case "boolean" -> "true or false";
      case "byte[]" -> "octets";
      default -> "an object";
    };
  }

  private static String element(String type) {
    return type.substring("List<".length(), type.length() - 1);
  }

  private @Nullable Printed part(Printed within, String type) {
    String scope = within.name();
    for (int dot = scope.lastIndexOf('.'); dot > 0; dot = scope.lastIndexOf('.', dot - 1)) {
      Printed found = records.get(scope.substring(0, dot) + "." + type);
      if (found != null) {
        return found;
      }
    }
    return records.values().stream()
        .filter(each -> each.name().endsWith("." + type))
        .findFirst()
        .orElse(null);
  }

  private String doc(Printed printed, String component) {
    return printed
        .doc()
        .lines()
        .filter(line -> line.startsWith(component + " "))
        .map(line -> line.substring(component.length() + 1))
        .findFirst()
        .orElse("");
  }

  private void read() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Stream<Path> sources = Files.walk(SOURCES)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(
                      sources.filter(each -> each.toString().endsWith(".java")).toList()));
      DocTrees docs = DocTrees.instance(task);
      for (var unit : task.parse()) {
        new Scanner(docs, unit.getPackageName() + "").scan(unit, null);
      }
    }
  }

  private final class Scanner extends TreePathScanner<Void, Void> {
    private final DocTrees docs;
    private final List<String> scope = new ArrayList<>();

    Scanner(DocTrees docs, String packageName) {
      this.docs = docs;
      scope.add(packageName);
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      String outer = String.join(".", scope);
      scope.add(type.getSimpleName().toString());
      if (type.getKind() == Tree.Kind.RECORD) {
        String name = String.join(".", scope);
        boolean report =
            type.getImplementsClause().stream().anyMatch(each -> each.toString().equals("Report"));
        records.put(name, new Printed(name, report, components(type), params()));
        if (report) {
          reportOf.put(outer, name);
        }
      }
      super.visitClass(type, null);
      scope.removeLast();
      return null;
    }

    private Map<String, String> components(ClassTree type) {
      Map<String, String> components = new LinkedHashMap<>();
      for (Tree member : type.getMembers()) {
        if (member instanceof VariableTree field
            && !field.getModifiers().getFlags().contains(Modifier.STATIC)) {
          components.put(field.getName().toString(), type(field));
        }
      }
      return components;
    }

    /** Without annotations; a ? is one that may be null. */
    private static String type(VariableTree field) {
      String written = field.getModifiers() + " " + field.getType();
      String type = field.getType().toString().replaceAll("@\\w+\\s*|\\(\\)", "").strip();
      return written.contains("@Nullable") ? type + "?" : type;
    }

    /** Lines: a component, a blank, what it is. */
    private String params() {
      DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
      return comment == null
          ? ""
          : comment.getBlockTags().stream()
              .filter(tag -> tag.getKind() == DocTree.Kind.PARAM)
              .map(tag -> (ParamTree) tag)
              .map(tag -> tag.getName() + " " + text(tag.getDescription()))
              .collect(Collectors.joining("\n"));
    }

    private String text(List<? extends DocTree> description) {
      String text =
          description.stream()
              .map(String::valueOf)
              .collect(Collectors.joining())
              .replaceAll("\\{@code (.*?)\\}", "`$1`")
              .replaceAll("\\s+", " ");
      return ESCAPE
          .matcher(text) // javac prints what is not ASCII so
          .replaceAll(each -> Character.toString(Integer.parseInt(each.group(1), 16)));
    }
  }
}
