package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MethodCacheTests {

  private final List<String> asked = new ArrayList<>();

  private final MethodCache<String> cache =
      new MethodCache<>(
          (method, type) -> {
            String name = type.getSimpleName() + "." + method.getName();
            asked.add(name);
            return method.getName().equals("hashCode") ? null : name;
          });

  @Test
  void asksOnceAboutAMethodOfATypeAndRemembersNothingToo() throws Exception {
    Method method = Object.class.getMethod("toString");
    Method unknown = Object.class.getMethod("hashCode");

    for (int i = 0; i < 3; i++) {
      assertThat(cache.find(method, String.class)).isEqualTo("String.toString");
    }
    for (int i = 0; i < 3; i++) {
      assertThat(cache.find(unknown, String.class)).isNull();
    }

    assertThat(asked).containsExactly("String.toString", "String.hashCode");
  }

  @Test
  void tellsApartTypesAndMethodsHoweverManyThereAre() {
    for (int round = 0; round < 2; round++) {
      for (Class<?> type : List.of(String.class, List.class)) {
        for (Class<?> declaring : List.of(Object.class, String.class, List.class, Math.class)) {
          for (Method method : declaring.getMethods()) {
            assertThat(cache.find(method, type))
                .isEqualTo(
                    method.getName().equals("hashCode")
                        ? null
                        : type.getSimpleName() + "." + method.getName());
          }
        }
      }
    }
  }
}
