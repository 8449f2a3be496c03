package dev.switchboard.behaviour;

import java.util.List;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** With the weaver as the JVM's agent. */
@ParameterizedClass(name = "{0}")
@MethodSource("forms")
class WovenBehaviourTests extends BehaviourSuite {

  WovenBehaviourTests(Form<?> form) {
    super(form, Advice.WOVEN);
  }

  static List<Form<?>> forms() {
    return Form.all();
  }
}
