/**
 * Primitives that own what they protect, so that the unsafe access cannot be written.
 *
 * <table>
 * <caption>Which to use</caption>
 * <tr><th scope="col">You have</th><th scope="col">Use</th></tr>
 * <tr><td>a mutable object, or a value, that several threads change</td>
 *     <td>{@link io.github.threadfast.Guarded}</td></tr>
 * <tr><td>an immutable value that is replaced now and then, and read all the time</td>
 *     <td>{@link io.github.threadfast.Snapshot}</td></tr>
 * <tr><td>a map that is read a thousand times for each change, or of which several keys belong
 *     together</td>
 *     <td>{@link io.github.threadfast.ReadMostlyMap}</td></tr>
 * <tr><td>a value that takes long to make, or may not be needed</td>
 *     <td>{@link io.github.threadfast.Lazy}</td></tr>
 * <tr><td>a value that each thread has for itself, and all of them together now and then</td>
 *     <td>{@link io.github.threadfast.PerThread}; for numbers
 *     {@link io.github.threadfast.PerThreadCounter} and
 *     {@link io.github.threadfast.PerThreadAccumulator}</td></tr>
 * <tr><td>a few values that do for any number of threads, such as virtual ones</td>
 *     <td>{@link io.github.threadfast.Striped}</td></tr>
 * <tr><td>items that some threads handle as they come</td>
 *     <td>{@link io.github.threadfast.WorkerPool}</td></tr>
 * </table>
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>The package is {@link org.jspecify.annotations.NullMarked}: nothing may be null unless its
 * type says {@link org.jspecify.annotations.Nullable}. A null argument throws a {@link
 * NullPointerException} that names the parameter.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <ul>
 *   <li>{@code Guarded}: all that an action did, and what its thread did before, happens-before
 *       every later action on the same {@code Guarded}, whichever thread runs it. What was done to
 *       a value before it was handed to {@code of} happens-before every action.
 *   <li>{@code Snapshot}: what a thread did before it published a value happens-before what follows
 *       a read that returns this value or a later one; the same holds for its {@code View}s,
 *       listeners, and whoever awaits a value.
 *   <li>{@code Lazy}: all that the initializer did happens-before what follows a {@code get} or
 *       {@code peek} that returns its value, and what a failed one did happens-before the next
 *       attempt. A {@code Lazy.constant} orders what can be reached from the value.
 *   <li>{@code PerThread}: what a thread did before it stored a value, and all that it did once it
 *       has ended, happens-before what a fold, merger or closer does that gets the value. {@code
 *       PerThreadCounter} and {@code PerThreadAccumulator} order nothing.
 *   <li>{@code ReadMostlyMap}: what a thread did before it changed the map happens-before what
 *       follows any method, or function, that sees this change or a later one of the same key.
 *   <li>{@code WorkerPool}: what a thread did before it submitted an item happens-before what the
 *       handler does with it; what that did happens-before what follows {@code awaitIdle}, {@code
 *       awaitFinished}, {@code close}, or a report that counts the item.
 *   <li>{@code Striped}: as {@code Guarded}, for each of its values; a fold comes after all actions
 *       before it.
 * </ul>
 *
 * <h2 id="serialization">Serialization</h2>
 *
 * <p>No primitive is {@link java.io.Serializable}: who waits, and for whom, is the state of one
 * running program.
 *
 * @since 0.1.0
 */
@NullMarked
@CheckReturnValue
package io.github.threadfast;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
