package io.longrope.progressive.cli;

import picocli.CommandLine;

/** Gives commands the console they write to. */
final class Commands implements CommandLine.IFactory {

    private final Main.Console console;

    Commands(Main.Console console) {
        this.console = console;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (var constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Main.Console.class) {
                return type.cast(constructor.newInstance(console));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
