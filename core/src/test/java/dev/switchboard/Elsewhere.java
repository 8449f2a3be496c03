package dev.switchboard;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;

/** A class whose method no class of another package can override. */
public class Elsewhere {

  @SpecialistSession("crm")
  @RequestScopedRetry
  void ask(@Tenant String tenant) {}
}
