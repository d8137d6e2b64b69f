package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;

/**
 * Runs a TorchScript method with any arguments and, when asked, with autograd. It lives in this package because DJL's
 * public calls take tensors only when they train, and the native entry point that takes everything is package-private.
 */
public final class ScriptCalls {

    private ScriptCalls() {
    }

    /**
     * @param train true keeps the autograd graph; false runs in inference mode
     * @return the method's result, to be closed by the caller
     */
    public static IValue run(PtSymbolBlock block, String method, boolean train, IValue... arguments) {
        var handles = new long[arguments.length];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = arguments[i].getHandle();
        }
        return new IValue(PyTorchLibrary.LIB.moduleRunMethod(block.getHandle(), method, handles, train, false));
    }
}
