import java.util.ArrayList;
import java.util.List;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** Runs the suites that its arguments name, and prints a line for each test that ends. */
public class Suites {
    static final class Lines extends RunListener {
        private String outcome;

        @Override public void testStarted(Description test) { outcome = "PASS"; }
        @Override public void testAssumptionFailure(Failure failure) { outcome = "SKIP"; }
        @Override public void testIgnored(Description test) { print("SKIP", test); }
        @Override public void testFinished(Description test) { print(outcome, test); }

        @Override public void testFailure(Failure failure) {
            outcome = "FAIL";
            System.out.println(failure.getTrimmedTrace());
            if (!failure.getDescription().isTest()) {
                print(outcome, failure.getDescription());
            }
        }

        private void print(String outcome, Description test) {
            System.out.println("\n" + outcome + " " + test.getClassName() + "." + test.getMethodName());
        }
    }

    public static void main(String[] names) throws ClassNotFoundException {
        List<Class<?>> suites = new ArrayList<>();
        for (String name : names) {
            suites.add(Class.forName(name));
        }
        JUnitCore core = new JUnitCore();
        core.addListener(new Lines());
        core.run(suites.toArray(new Class<?>[0]));
        System.out.println("\nEND");
        System.exit(0); // event loops of the client may still run
    }
}
