package dev.switchboard.autoconfigure;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The sentences that the library's code can say to its users: every text of at least three words in
 * it, with {@code …} for what varies, but neither debug logs nor the actions that Boot prints
 * beside a problem, nor descriptions of meters.
 */
final class Messages extends TreeScanner<@Nullable Void, @Nullable Void> {

  private static final JavaCompiler COMPILER =
      Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());

  private final Set<String> found = new TreeSet<>();

  private final int words;

  private Messages(int words) {
    this.words = words;
  }

  /** Finds the texts of at least so many words in the main sources of some modules. */
  static Set<String> of(int words, String... modules) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : modules) {
      try (Stream<Path> files =
          Files.walk(Documentation.ROOT.resolve(module).resolve("src/main/java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.toString().contains("micrometer"))
            .forEach(sources::add);
      }
    }
    Messages messages = new Messages(words);
    try (StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              COMPILER.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      for (CompilationUnitTree unit : task.parse()) {
        messages.scan(unit, null);
      }
    }
    return messages.found;
  }

  @Override
  public @Nullable Void visitAnnotation(AnnotationTree node, @Nullable Void nothing) {
    return null;
  }

  @Override
  public @Nullable Void visitNewClass(NewClassTree node, @Nullable Void nothing) {
    boolean explained =
        Set.of("InvalidDeclarationException", "FailureAnalysis")
            .contains(node.getIdentifier().toString());
    return explained ? scan(node.getArguments().get(0), null) : super.visitNewClass(node, null);
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree node, @Nullable Void nothing) {
    String method = node.getMethodSelect().toString();
    if (method.endsWith("log.debug")) {
      return null;
    }
    String template = template(node);
    if (template != null) {
      add(template);
      return scan(node.getArguments(), null);
    }
    List<? extends ExpressionTree> arguments = node.getArguments();
    if (method.equals("refusal") || method.equals("RetryDeclaration.refusal")) {
      return scan(arguments.subList(0, arguments.size() - 1), null);
    }
    return super.visitMethodInvocation(node, null);
  }

  @Override
  public @Nullable Void visitBinary(BinaryTree node, @Nullable Void nothing) {
    String template = template(node);
    if (template == null) {
      return super.visitBinary(node, null);
    }
    add(template);
    return null;
  }

  @Override
  public @Nullable Void visitLiteral(LiteralTree node, @Nullable Void nothing) {
    String template = template(node);
    if (template != null) {
      add(template);
    }
    return null;
  }

  /** The text that an expression makes, or null where it makes none. */
  private static @Nullable String template(Tree tree) {
    if (tree instanceof LiteralTree literal) {
      return literal.getValue() instanceof String text ? text : null;
    }
    if (tree instanceof ParenthesizedTree parentheses) {
      return template(parentheses.getExpression());
    }
    if (tree instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
      String left = template(sum.getLeftOperand());
      String right = template(sum.getRightOperand());
      return left == null && right == null ? null : orAnything(left) + orAnything(right);
    }
    if (tree instanceof MethodInvocationTree call
        && call.getMethodSelect() instanceof MemberSelectTree select
        && select.getIdentifier().contentEquals("formatted")) {
      String format = template(select.getExpression());
      return format == null ? null : format.replaceAll("%[sd]", "…");
    }
    return null;
  }

  private static String orAnything(@Nullable String text) {
    return text == null ? "…" : text;
  }

  private void add(String template) {
    long counted =
        Arrays.stream(template.split("\\s+", -1))
            .filter(word -> word.matches("[(']?[A-Za-z][a-zA-Z'-]*[,;:.)]*"))
            .count();
    if (counted >= words) {
      found.add(template);
    }
  }
}
