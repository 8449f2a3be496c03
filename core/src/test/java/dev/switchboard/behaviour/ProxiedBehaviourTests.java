package dev.switchboard.behaviour;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Without the weaver: proxies of both kinds, and the engines by themselves. */
@ParameterizedClass(name = "{0}, {1}")
@MethodSource("cells")
class ProxiedBehaviourTests extends BehaviourSuite {

  ProxiedBehaviourTests(Form<?> form, Advice advice) {
    super(form, advice);
  }

  static Stream<Arguments> cells() {
    return Form.all().stream()
        .flatMap(
            form ->
                Stream.of(Advice.CLASS_PROXY, Advice.INTERFACE_PROXY, Advice.NONE)
                    .map(advice -> Arguments.of(form, advice)));
  }
}
