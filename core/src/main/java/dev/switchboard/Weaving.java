package dev.switchboard;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.env.Environment;

/**
 * What AspectJ's weaver advises instead of a proxy where {@code switchboard.advice=aspectj} says
 * so. Used by this library.
 *
 * @since 0.1
 */
public final class Weaving {

  /** As deep as the aspects' pointcuts look: the annotation, on another, on another. */
  private static final int MAX_DISTANCE = 2;

  private Weaving() {}

  /**
   * Tells which advice a context has chosen.
   *
   * @param environment has {@code switchboard.advice}, {@code proxy} where it says nothing
   * @return whether woven aspects advise what they reach
   * @throws InvalidDeclarationException if it is neither {@code proxy} nor {@code aspectj}
   */
  public static boolean isChosen(Environment environment) {
    String advice = environment.getProperty("switchboard.advice", "proxy").strip();
    if (!advice.equalsIgnoreCase("proxy") && !advice.equalsIgnoreCase("aspectj")) {
      throw new InvalidDeclarationException(
          "switchboard.advice must be proxy or aspectj but was " + advice,
          "Correct switchboard.advice.");
    }
    return advice.equalsIgnoreCase("aspectj");
  }

  /**
   * Tells whether the aspects' pointcuts see an annotation that stands on a method itself.
   *
   * @param method the method as its class declares it
   * @param annotation this library's annotation, also as a meta-annotation
   * @return false for methods of interfaces, and where only a method that this one implements or
   *     overrides has the annotation
   */
  public static boolean reaches(Method method, Class<? extends Annotation> annotation) {
    return !method.getDeclaringClass().isInterface()
        && isNear(method, SearchStrategy.DIRECT, annotation);
  }

  /**
   * Tells whether the aspects' pointcuts see an annotation of the class that declares a method.
   *
   * @param type the class that declares the method
   * @param annotation this library's annotation, also as a meta-annotation
   * @return false for interfaces, and where only an interface of the class has the annotation
   */
  public static boolean reaches(Class<?> type, Class<? extends Annotation> annotation) {
    return !type.isInterface() && isNear(type, SearchStrategy.INHERITED_ANNOTATIONS, annotation);
  }

  private static boolean isNear(
      AnnotatedElement element, SearchStrategy strategy, Class<? extends Annotation> annotation) {
    MergedAnnotation<?> found = MergedAnnotations.from(element, strategy).get(annotation);
    return found.isPresent() && found.getDistance() <= MAX_DISTANCE;
  }

  /**
   * Refuses a method that the aspects should advise and do not.
   *
   * @param place the method in errors
   * @param method the method as its class declares it
   * @throws InvalidDeclarationException if its class was loaded without being woven
   */
  public static void require(String place, Method method) {
    // The weaver moves the body of a method that it advises to one of this name.
    String body = method.getName() + "_aroundBody";
    if (Arrays.stream(method.getDeclaringClass().getDeclaredMethods())
        .noneMatch(declared -> declared.getName().startsWith(body))) {
      throw new InvalidDeclarationException(
          "%s: the class must be woven, since switchboard.advice is aspectj".formatted(place),
          "Start the JVM with -javaagent:aspectjweaver.jar and let META-INF/aop.xml include the"
              + " class's package, or set switchboard.advice=proxy.");
    }
  }
}
