package io.github.threadfast.testkit.report;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class HtmlReportTest {

  @Test
  void of_aLostUpdate_showsOneLaneForEachThread() {
    Document page = page(Failures.lostUpdate());

    assertEquals(
        "Counter is not linearizable: no order of these calls gives these results.", page.title());
    assertEquals(
        """
        h1 Counter is not linearizable: no order of these calls gives these results.
        h2 What was called
        caption In the threads
        th thread A
        th thread B
        td increment()
        td increment()
        p Of two calls in one row, neither had returned before the other began.
        h3 Afterwards
        li get() -> 1 ✗ does not fit
        h2 Why
        p The orders that explain most of it:
        h3 Order 1
        li A increment()
        li B increment()
        li ✗ does not fit: get() should have returned 2 but returned 1
        h2 The search
        p Found after 1,234,567 runs, in scenario 89, in 1.3 s, shrunk from 7 calls to 3.
        dt To try the same scenarios
        dd .seed(42L)
        dt To run this one alone
        dd .replay("tf1-abc")\
        """,
        outline(page));
  }

  @Test
  void of_anOrderInTime_showsACallBelowThoseThatHadReturned() {
    Document page = page(Failures.orderInTime());

    assertEquals(
        """
        h1 Line is not linearizable: no order of these calls gives these results.
        h2 What was called
        h3 Before the threads
        li offer ada() -> true
        caption In the threads
        th thread A
        th thread B
        th thread C
        td poll() -> "ada"
        td
        td poll() threw IllegalStateException ✗ does not fit
        td size() -> 1
        td clear()
        td
        p Of two calls in one row, neither had returned before the other began.
        h3 Afterwards
        li size() -> 0
        h2 Why
        p A call stands below every call that had returned before it began. Without that order in \
        time, the results could be explained.
        p The orders that explain most of it:
        h3 Order 1
        li offer ada() -> true
        li A poll() -> "ada"
        li ✗ does not fit: C poll() should have returned null but threw IllegalStateException
        h3 Order 2
        li ✗ does not fit: A poll() should have thrown NoSuchElementException but returned "ada", \
        and C poll() should have returned but threw IllegalStateException
        h2 What was thrown
        pre java.lang.IllegalStateException
        h2 The search
        p Found after 1,234,567 runs, in scenario 89, in 1.3 s.\
        """,
        outline(page));
  }

  @Test
  void of_aBrokenInvariant_saysWhatItCameTo() {
    assertEquals(
        """
        h1 Account breaks the invariant "never in debt" when the threads have ended.
        h2 What was called
        caption In the threads
        th thread A
        th thread B
        td withdraw()
        td deposit()
        p Of two calls in one row, neither had returned before the other began.
        h2 Why
        p The invariant is false. It holds when one thread makes all these calls.
        h2 The search\
        """,
        outlineUpToTheSearch(Failures.brokenInvariant("never in debt", null)));
  }

  @Test
  void of_anInvariantThatThrew_showsTheStack() {
    assertEquals(
        """
        h2 Why
        p The invariant threw IllegalStateException: closed. It holds when one thread makes all \
        these calls.
        h2 What was thrown
        pre java.lang.IllegalStateException: closed
        h2 The search\
        """,
        from(
            "h2 Why",
            outlineUpToTheSearch(
                Failures.brokenInvariant("open", new IllegalStateException("closed")))));
  }

  @Test
  void of_aCallThatThrew_pointsAtIt() {
    String outline = outlineUpToTheSearch(Failures.thrown(new ArithmeticException("/ by zero")));

    assertTrue(
        outline.contains("\ntd withdraw() threw ArithmeticException ✗ does not fit\n"), outline);
    assertEquals(
        """
        h2 Why
        p No operation may throw here: catch what it may throw inside the operation.
        h2 What was thrown
        pre java.lang.ArithmeticException: / by zero
        h2 The search\
        """,
        from("h2 Why", outline));
  }

  @Test
  void of_anyFailure_hasTheStackOfWhatWasThrown() {
    IllegalStateException thrown = new IllegalStateException("outer", new Exception("inner"));

    String stack = page(Failures.thrown(thrown)).selectFirst("pre").wholeText();

    assertTrue(stack.startsWith("java.lang.IllegalStateException: outer\n\tat "), stack);
    assertTrue(stack.contains("\nCaused by: java.lang.Exception: inner\n\t"), stack);
  }

  @Test
  void of_anExceptionThatCanNotBePrinted_saysSo() {
    RuntimeException unprintable =
        new RuntimeException() {
          private static final long serialVersionUID = 1;

          @Override
          public String getLocalizedMessage() {
            throw new UnsupportedOperationException();
          }
        };

    assertEquals(
        "(an exception whose stack can't be shown: UnsupportedOperationException)",
        page(Failures.thrown(unprintable)).selectFirst("pre").wholeText());
  }

  @Test
  void of_anExceptionWithAVeryLongStack_showsItsStart() {
    Exception endless = new Exception("x".repeat(1_000_000));

    int length = page(Failures.thrown(endless)).selectFirst("pre").wholeText().length();

    assertTrue(length < 11_000, length + " characters");
  }

  @Test
  void of_valuesThatLookLikeHtml_showsThemAsTheyAre() {
    Document page = page(Failures.hostile(Failures.HOSTILE));

    assertTrue(page.select("script, img").isEmpty(), page.toString());
    assertTrue(page.selectFirst("h1").text().startsWith(Failures.HOSTILE), page.toString());
    assertEquals(Failures.HOSTILE + "()", page.selectFirst("td code").text());
    assertEquals(
        ".replay(\"" + Failures.HOSTILE + "\")", page.selectFirst(".copy").text(), "the token");
  }

  static Stream<Arguments> invisible() {
    return Stream.of(
        Arguments.of("a right-to-left override", "\u202egnp", "\\u202Egnp"),
        Arguments.of("an isolate", "\u2066a\u2069", "\\u2066a\\u2069"),
        Arguments.of("a null character", "a\0b", "a\\u0000b"),
        Arguments.of("an escape", "\u001b[31m", "\\u001B[31m"),
        Arguments.of("a half character", "\ud83d", "\\uD83D"),
        Arguments.of("a line separator", "a\u2028b", "a\\u2028b"),
        Arguments.of("a zero width space", "a\u200bb", "a\\u200Bb"),
        Arguments.of("a tag", "\udb40\udc41", "\\uDB40\\uDC41"),
        Arguments.of("an emoji", "\ud83d\ude00", "\ud83d\ude00"),
        Arguments.of("Hebrew", "\u05e9", "\u05e9"),
        Arguments.of("a template's tag", "{{headline}}", "{{headline}}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invisible")
  void of_charactersThatCanNotBeSeen_showsTheirNumbers(String name, String value, String shown) {
    String html = HtmlReport.of(Failures.hostile(value));

    assertEquals(shown + "()", Jsoup.parse(html).selectFirst("td code").text());
    assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(html), "can be written");
  }

  static Stream<Failure<Object>> failures() {
    return Stream.of(
        Failures.lostUpdate(),
        Failures.orderInTime(),
        Failures.crowd(),
        Failures.brokenInvariant("never in debt", null),
        Failures.thrown(new IllegalStateException("closed")),
        Failures.hostile(Failures.HOSTILE));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void anyPage_isWellFormedAndNeedsNoOtherFile(Failure<Object> failure) {
    String html = HtmlReport.of(failure);
    Parser parser = Parser.htmlParser().setTrackErrors(10);
    Document page = parser.parseInput(html, "");

    assertAll(
        () -> assertEquals(List.of(), parser.getErrors()),
        () -> assertFalse(html.contains("{{"), html),
        () -> assertTrue(page.select("[src], [href], script, link, iframe, object").isEmpty()),
        () -> assertFalse(page.selectFirst("style").data().contains("url("), html),
        () ->
            assertTrue(
                page.selectFirst("meta[http-equiv=Content-Security-Policy]")
                    .attr("content")
                    .startsWith("default-src 'none'; style-src 'unsafe-inline'; ")));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void anyPage_namesItsPartsForAScreenReader(Failure<Object> failure) {
    Document page = page(failure);
    List<String> ids = page.select("[id]").eachAttr("id");

    assertAll(
        () -> assertEquals("en", page.selectFirst("html").attr("lang")),
        () -> assertEquals(1, page.select("main").size()),
        () -> assertEquals(1, page.select("h1").size()),
        () -> assertEquals(Set.copyOf(ids).size(), ids.size(), "no id twice: " + ids),
        () -> assertTrue(ids.containsAll(page.select("*").eachAttr("aria-labelledby"))),
        () -> assertTrue(ids.containsAll(page.select("*").eachAttr("aria-describedby"))),
        () -> assertTrue(page.select("section:not([aria-labelledby])").isEmpty()),
        () -> assertTrue(page.select("[tabindex]:not([role][aria-labelledby])").isEmpty()),
        () -> assertEquals(1, page.select("table > caption").size()),
        () -> assertTrue(page.select("th:not([scope=col])").isEmpty()));
  }

  private static Document page(Failure<Object> failure) {
    return Jsoup.parse(HtmlReport.of(failure));
  }

  /** Returns a line for each piece of text; of a stack only the first line. */
  private static String outline(Document page) {
    return page.body().select("h1, h2, h3, p, caption, th, td, li, dt, dd, pre").stream()
        .map(HtmlReportTest::line)
        .collect(joining("\n"));
  }

  private static String line(Element element) {
    String text =
        element.nameIs("pre") ? element.wholeText().lines().findFirst().get() : element.text();
    return (element.normalName() + " " + text).strip();
  }

  private static String outlineUpToTheSearch(Failure<Object> failure) {
    String outline = outline(page(failure));
    String last = "h2 The search";
    return outline.substring(0, outline.indexOf(last) + last.length());
  }

  private static String from(String start, String text) {
    return text.substring(text.indexOf(start));
  }
}
