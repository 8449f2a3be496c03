package dev.switchboard.retry;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.ReadOnlyExpression;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedMethod;

/** Reads a call's {@link RequestId} values off its arguments. */
final class RequestIds {

  private record Part(int position, @Nullable ReadOnlyExpression expression) {}

  /** What a remembered request may cost is bounded by this and by the number of requests. */
  private static final int MAX_LENGTH = 512;

  private final String name;
  private final List<Part> parts;

  /** Finds the parameters of a method and of those it overrides, whose operation has this name. */
  RequestIds(Method method, String name) {
    this.name = name;
    List<Part> found = new ArrayList<>();
    for (MethodParameter parameter : new AnnotatedMethod(method).getMethodParameters()) {
      RequestId annotation = parameter.getParameterAnnotation(RequestId.class);
      if (annotation != null) {
        int position = parameter.getParameterIndex();
        String text = annotation.value();
        found.add(new Part(position, text.isEmpty() ? null : parse(text, parameter)));
      }
    }
    this.parts = List.copyOf(found);
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** The values in the order of the parameters, or null where there are none, or it is nested. */
  @Nullable List<String> of(@Nullable Object[] arguments, boolean nested) {
    if (parts.isEmpty() || nested) {
      return null;
    }
    List<String> ids = new ArrayList<>(parts.size());
    for (Part part : parts) {
      Object value = read(part, arguments[part.position]);
      if (value != null && !BeanUtils.isSimpleValueType(value.getClass())) {
        throw new IllegalStateException(
            "%s: the value must be a simple one but is a %s"
                .formatted(place(part.position), value.getClass().getSimpleName()));
      }
      String id = value == null ? "" : value.toString();
      if (id.isBlank()) {
        throw new IllegalStateException(place(part.position) + ": the value must not be blank");
      }
      if (id.length() > MAX_LENGTH) {
        throw new IllegalStateException(
            "%s: the value must have at most %d characters but has %d"
                .formatted(place(part.position), MAX_LENGTH, id.length()));
      }
      ids.add(id);
    }
    return ids;
  }

  private @Nullable Object read(Part part, @Nullable Object argument) {
    if (argument == null || part.expression == null) {
      return argument;
    }
    try {
      return part.expression.read(argument);
    } catch (IllegalStateException ex) {
      throw new IllegalStateException(
          place(part.position) + ": the value cannot be read: " + ex.getMessage());
    }
  }

  private ReadOnlyExpression parse(String text, MethodParameter parameter) {
    try {
      return ReadOnlyExpression.parse(
          text, parameter.getParameterType(), parameter.getDeclaringClass().getClassLoader());
    } catch (IllegalArgumentException ex) {
      throw new InvalidDeclarationException(
          place(parameter.getParameterIndex()) + " " + ex.getMessage(),
          "Name a property or an index of the argument, such as turn.id or state['turn'].");
    }
  }

  private String place(int position) {
    return "@RequestId on parameter " + (position + 1) + " of " + name;
  }
}
