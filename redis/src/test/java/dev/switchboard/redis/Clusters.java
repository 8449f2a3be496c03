package dev.switchboard.redis;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one cluster of this JVM, which is closed after the last test. */
final class Clusters
    implements ParameterResolver, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private static Cluster cluster(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.GLOBAL)
        .computeIfAbsent(Cluster.class, none -> new Cluster(), Cluster.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Cluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return cluster(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    cluster(context).begin();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    cluster(context).end();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    cluster(context).printFigures(context.getDisplayName());
  }
}
