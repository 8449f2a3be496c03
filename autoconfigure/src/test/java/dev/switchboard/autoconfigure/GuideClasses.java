package dev.switchboard.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/** The classes that a guide declares, to be run. */
final class GuideClasses extends URLClassLoader {

  private GuideClasses(Path classes) throws MalformedURLException {
    super(new URL[] {classes.toUri().toURL()}, GuideClasses.class.getClassLoader());
  }

  /** Compiles the Java of a guide into a directory and loads it from there. */
  static GuideClasses of(String guide, Path classes) throws IOException {
    Snippets snippets = new Snippets(classes);
    for (Documentation.Block block : Documentation.blocks(Documentation.GUIDES.resolve(guide))) {
      if (block.language().equals("java")) {
        snippets.add(block.text());
      }
    }
    return new GuideClasses(classes);
  }

  Class<?> type(String name) {
    try {
      return loadClass("guide." + name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes an object by its class's only constructor. */
  Object make(String type, Object... arguments) {
    Constructor<?> constructor = type(type).getDeclaredConstructors()[0];
    ReflectionUtils.makeAccessible(constructor);
    try {
      return constructor.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Calls a method by its name, and lets its own failure through. */
  static @Nullable Object call(Object target, String name, Object... arguments) {
    Method method =
        Arrays.stream(target.getClass().getDeclaredMethods())
            .filter(declared -> declared.getName().equals(name))
            .findFirst()
            .orElseThrow();
    ReflectionUtils.makeAccessible(method);
    return ReflectionUtils.invokeMethod(method, target, arguments);
  }

  static String text(Object target, String name, Object... arguments) {
    return Objects.requireNonNull(call(target, name, arguments)).toString();
  }
}
