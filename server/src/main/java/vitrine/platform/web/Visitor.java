package vitrine.platform.web;

/** Who looks at the page, as far as a page's frame needs to know. {@code handle} leads to the own showroom. */
public record Visitor(String name, String handle, boolean staff) {}
