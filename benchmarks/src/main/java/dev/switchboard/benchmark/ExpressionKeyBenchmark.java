package dev.switchboard.benchmark;

import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.Tenant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A hit whose tenant is read by an expression, beside one whose tenant is the argument. */
public class ExpressionKeyBenchmark {

  /** Who asks. */
  public record Caller(Customer tenant) {}

  /** For whom. */
  public record Customer(String id) {}

  static class Desk {

    @SpecialistSession("desk")
    String ask(@Tenant("tenant.id") Caller caller) {
      return SessionContext.current().id();
    }

    @SpecialistSession("desk")
    String askPlainly(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  /** Ours. */
  @State(Scope.Benchmark)
  public static class Switchboard extends Application<Desk> {

    final Caller caller = new Caller(new Customer("tenant-1"));

    public Switchboard() {
      super(Desk.class, Desk.class, Ids.class, SpecialistSessionConfiguration.class);
    }
  }

  @Benchmark
  public String expression(Switchboard desk) {
    return desk.bean.ask(desk.caller);
  }

  @Benchmark
  public String parameter(Switchboard desk) {
    return desk.bean.askPlainly("tenant-1");
  }
}
