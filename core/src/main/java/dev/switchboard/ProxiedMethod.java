package dev.switchboard;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.NativeDetector;
import org.springframework.util.ReflectionUtils;

/**
 * A method as the advice of its proxy runs it, any number of times in one call. Used by this
 * library; safe for use by any number of threads.
 *
 * @since 0.1
 */
public final class ProxiedMethod {

  private static final MethodType ANY =
      MethodType.methodType(Object.class, Object.class, Object[].class);

  /** Where handles are slower than reflection. */
  private static final boolean NATIVE = NativeDetector.inNativeImage();

  private final Method method;
  private final WovenCalls<?> woven;

  /** Whether other advice was further in of a call: to go on with a copy is right of all. */
  private boolean followed;

  /** Made at the first call: most of what an application starts with is never called. */
  private volatile @Nullable MethodHandle handle;

  /**
   * Creates one for an annotated method.
   *
   * @param method the method as its class declares it
   * @param woven what would advise it once more where its class is woven, too
   */
  public ProxiedMethod(Method method, WovenCalls<?> woven) {
    this.method = method;
    this.woven = woven;
  }

  /**
   * Tells why a proxy cannot override a method.
   *
   * @param method the method as its class declares it
   * @param type the class of the bean
   * @return what the method must not be, or null where a proxy can
   */
  public static @Nullable String obstacle(Method method, Class<?> type) {
    int modifiers = method.getModifiers();
    for (int modifier : new int[] {Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL}) {
      if ((modifiers & modifier) != 0) {
        return Modifier.toString(modifier);
      }
    }
    boolean visible =
        (modifiers & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0
            || method.getDeclaringClass().getPackageName().equals(type.getPackageName());
    return visible ? null : "package-private in a superclass of another package";
  }

  /**
   * Tells whether nothing but the method is further in, so that {@link #call} may stand for what is
   * left of an invocation.
   *
   * @param invocation the invocation
   * @param advice who runs it
   * @return true only where that is cheap to tell, which it is of a class's proxy, and has been
   *     true of all calls so far
   */
  public boolean isInnermost(MethodInvocation invocation, Advice advice) {
    if (followed) {
      return false;
    }
    boolean innermost =
        !NATIVE
            && invocation instanceof ProxyMethodInvocation proxied
            && !(proxied.getProxy() instanceof Proxy)
            && proxied.getProxy() instanceof Advised advised
            && advised.indexOf(advice) == advised.getAdvisorCount() - 1;
    if (!innermost) {
      followed = true; // not written by each call: all threads read what lies beside it
    }
    return innermost;
  }

  /**
   * Calls the method itself. Unlike by reflection, what it throws is not wrapped: the stack trace
   * of the wrapper is most of what a failure costs.
   *
   * @param target what to call it on
   * @param arguments its arguments
   * @return what it returned
   * @throws Throwable what it threw
   */
  @SuppressWarnings("NullAway") // null passes through the type variable of who calls this
  public Object call(@Nullable Object target, @Nullable Object[] arguments) throws Throwable {
    MethodHandle known = handle;
    if (known == null) {
      handle = known = handle(method);
    }
    Method before = woven.proxied(method);
    try {
      return (Object) known.invokeExact(target, arguments);
    } finally {
      woven.proxied(before);
    }
  }

  private static MethodHandle handle(Method method) throws ReflectiveOperationException {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      ReflectionUtils.makeAccessible(method);
      return lookup
          .unreflect(method)
          .asFixedArity()
          .asSpreader(Object[].class, method.getParameterCount())
          .asType(ANY);
    } catch (IllegalAccessException | RuntimeException e) {
      // Such as a module that opens its packages to Spring only, or too many parameters.
      Method spring =
          AopUtils.class.getMethod(
              "invokeJoinpointUsingReflection", Object.class, Method.class, Object[].class);
      return MethodHandles.insertArguments(lookup.unreflect(spring).asFixedArity(), 1, method);
    }
  }

  /**
   * Tells whether what is further in can be found once more.
   *
   * @param invocation the invocation
   * @return false where only a copy can be gone on with more than once
   */
  public static boolean isRepeatable(MethodInvocation invocation) {
    return invocation instanceof ProxyMethodInvocation proxied
        && proxied.getProxy() instanceof Advised
        && proxied.getThis() != null;
  }

  /**
   * Goes on with an invocation that passes what is further in only once, or with what stands for it
   * later.
   *
   * @param invocation the invocation, {@linkplain #isRepeatable repeatable}
   * @param advice who runs it
   * @param arguments its arguments when {@code advice} came to it
   * @param again whether it has been gone on with
   * @return what it returned
   * @throws Throwable what it threw
   */
  @SuppressWarnings("NullAway") // as above
  public Object proceed(
      MethodInvocation invocation, Advice advice, @Nullable Object[] arguments, boolean again)
      throws Throwable {
    Method before = woven.proxied(method);
    try {
      return again
          ? new Repetition((ProxyMethodInvocation) invocation, advice, arguments.clone()).proceed()
          : invocation.proceed();
    } finally {
      woven.proxied(before);
    }
  }

  /**
   * Goes on with a copy of an invocation, which itself passes what is further in only once.
   *
   * @param invocation the invocation
   * @return what it returned
   * @throws Throwable what it threw
   */
  @SuppressWarnings("NullAway") // as above
  public Object proceed(MethodInvocation invocation) throws Throwable {
    Method before = woven.proxied(method);
    try {
      return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
    } finally {
      woven.proxied(before);
    }
  }
}
